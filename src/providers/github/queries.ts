/** What is asked of GitHub's GraphQL. Every text is checked against its published schema in the tests. */

const COMMIT = 'fragment Made on Commit { oid messageHeadline authoredDate committedDate author { name } }';
/** Tags of tags are rare, and of more than two of them nobody has heard. */
const TARGET = `
fragment Target on GitObject {
  __typename oid ...Made
  ... on Tag { message tagger { name email date } target { __typename oid ...Made
    ... on Tag { target { __typename oid ...Made ... on Tag { target { __typename oid ...Made } } } } } }
}
${COMMIT}`;

export const TAG = `
query ($owner: String!, $name: String!, $ref: String!, $tag: String!) {
  repository(owner: $owner, name: $name) {
    id url
    ref(qualifiedName: $ref) { name target { ...Target } }
    release(tagName: $tag) { databaseId description url isDraft }
  }
}
${TARGET}`;

export const TAGS = `
query ($owner: String!, $name: String!, $first: Int!, $after: String, $query: String, $orderBy: RefOrder!) {
  repository(owner: $owner, name: $name) {
    id url
    refs(refPrefix: "refs/tags/", first: $first, after: $after, query: $query, orderBy: $orderBy) {
      totalCount
      pageInfo { hasNextPage }
      edges { cursor node { name target { ...Target } } }
    }
  }
}
${TARGET}`;

/** A branch and a tag of one name are two: which of them is meant is not guessed. */
export const RESOLVE = `
query ($owner: String!, $name: String!, $expression: String!, $branch: String!, $tag: String!) {
  repository(owner: $owner, name: $name) {
    id url
    defaultBranchRef { name target { ...Target } }
    object(expression: $expression) { ...Target }
    branch: ref(qualifiedName: $branch) { target { ...Target } }
    tag: ref(qualifiedName: $tag) { target { ...Target } }
  }
}
${TARGET}`;

export const CANONICAL = 'query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { nameWithOwner } }';

/** What stands in the way of a tag; `below` are tags that begin with its name and a slash. */
export const OUTLOOK = `
query ($owner: String!, $name: String!, $below: String!) {
  repository(owner: $owner, name: $name) {
    isArchived isDisabled isLocked viewerPermission viewerCanAdminister
    below: refs(refPrefix: $below, first: 1) { totalCount }
  }
}`;

/** All or none, and each only from where it was seen (input RefUpdate). */
export const UPDATE =
  'mutation ($repositoryId: ID!, $refUpdates: [RefUpdate!]!) { updateRefs(input: { repositoryId: $repositoryId, refUpdates: $refUpdates }) { clientMutationId } }';

/** All of a commit's history, newest first. */
export const HISTORY = `
query ($owner: String!, $name: String!, $oid: GitObjectID!, $first: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    object(oid: $oid) {
      ... on Commit {
        history(first: $first, after: $after) {
          totalCount
          pageInfo { hasNextPage endCursor }
          nodes { oid message committedDate author { name } }
        }
      }
    }
  }
}`;
