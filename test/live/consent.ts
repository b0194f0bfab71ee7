/** Real systems are touched only where somebody says so. */

export const consented = {
  lakefs: process.env.TAGWRIGHT_LIVE_LAKEFS === '1',
  github: process.env.TAGWRIGHT_LIVE_GITHUB === '1',
  gitlab: process.env.TAGWRIGHT_LIVE_GITLAB === '1',
  remote: process.env.TAGWRIGHT_LIVE_REMOTE === '1',
};

const WHAT_TO_SET = `test:live works on real systems, and none is named. Set, for one of them or more:

  TAGWRIGHT_LIVE_LAKEFS=1   with LAKECTL_SERVER_ENDPOINT_URL, LAKECTL_CREDENTIALS_ACCESS_KEY_ID,
                            LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY and LAKEFS_REPOSITORY.
                            Repositories tagwright-live-… are made for the contract, and deleted. Where the
                            server has no default for their storage: TAGWRIGHT_LIVE_LAKEFS_STORAGE=s3://bucket/path
                            TAGWRIGHT_LIVE_LAKEFS_TAGGER=id:secret, a key that may do everything with tags, and read
                            commits, repositories and the branch main: its laws are left out without it.
                            TAGWRIGHT_LIVE_LAKEFS_RESTART, a command that kills the server and starts it again
                            under moves: left out without it.
  TAGWRIGHT_LIVE_GITLAB=1   with GITLAB_TOKEN, GITLAB_PROJECT and, unless it is gitlab.com, GITLAB_URL.
                            The contract is run only in a project of two commits or more without tags;
                            TAGWRIGHT_LIVE_GITLAB_OLDER names the ref of an older commit (default HEAD~1).
  TAGWRIGHT_LIVE_GITHUB=1   with GITHUB_TOKEN, GITHUB_REPOSITORY and, unless it is github.com, GITHUB_API_URL.
  TAGWRIGHT_LIVE_REMOTE=1   with GIT_REMOTE_URL and GIT_REMOTE_TOKEN: any git host, such as a Gitea.

In LAKEFS_REPOSITORY, GITLAB_PROJECT, GITHUB_REPOSITORY and GIT_REMOTE_URL only tags tagwright-live-… are made, and deleted.`;

/** For vitest, before any test: a run that would test nothing fails. */
export function setup(): void {
  if (!Object.values(consented).includes(true)) throw new Error(WHAT_TO_SET);
}
