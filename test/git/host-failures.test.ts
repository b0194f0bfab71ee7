/** What git, ssh and hosts say, as they were heard or as they publish it, and what we make of it. */
import { describe, expect, it } from 'vitest';
import { explainHost, explainRefusal } from '../../src/git/host-failures.ts';

describe('an exchange that failed', () => {
  it.each([
    ["fatal: could not read Username for 'https://github.com': terminal prompts disabled", 'unauthenticated'],
    ['fatal: unable to get password from user', 'unauthenticated'],
    ["remote: HTTP Basic: Access denied.\nfatal: Authentication failed for 'https://gitlab.com/a/b.git/'", 'unauthenticated'],
    [
      "remote: Invalid username or token. Password authentication is not supported for Git operations.\nfatal: Authentication failed for 'https://github.com/a/b/'",
      'unauthenticated',
    ],
    ['git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.', 'unauthenticated'],
    ['Host key verification failed.\nfatal: Could not read from remote repository.', 'permission_denied'],
    ["fatal: unable to access 'https://x.invalid/a/': Could not resolve host: x.invalid", 'unavailable'],
    ['ssh: Could not resolve hostname x.invalid: Name or service not known\nfatal: Could not read from remote repository.', 'unavailable'],
    [
      "fatal: unable to access 'https://127.0.0.1:1/': Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server",
      'unavailable',
    ],
    ['ssh: connect to host 127.0.0.1 port 1: Connection refused', 'unavailable'],
    ["fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate", 'unavailable'],
    ["remote: Repository not found.\nfatal: repository 'https://github.com/a/b/' not found", 'repository_not_found'],
    ["remote: The project you were looking for could not be found or you don't have permission to view it.", 'repository_not_found'],
    ["fatal: '/srv/none.git' does not appear to be a git repository", 'repository_not_found'],
    [
      "remote: Permission to a/b.git denied to mallory.\nfatal: unable to access 'https://github.com/a/b/': The requested URL returned error: 403",
      'permission_denied',
    ],
    ["remote: TF401027: You need the Git 'GenericContribute' permission to perform this action.", 'permission_denied'],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 429", 'rate_limited'],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 302", 'unexpected_response'],
    ['fatal: https://x/a/info/refs not valid: is this a git repository?', 'unexpected_response'],
    ["fatal: transport 'ext' not allowed", 'policy_denied'],
    ['remote: This repository was archived so it is read-only.', 'read_only'],
  ])('%j is certain', (words, code) => {
    expect(explainHost(words, 'https://x/a', true)).toMatchObject({ code, inDoubt: false });
  });
  it.each([
    ['error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502', 'unavailable'],
    ['send-pack: unexpected disconnect while reading sideband packet\nfatal: the remote end hung up unexpectedly', 'unavailable'],
    ['fatal: early EOF', 'unavailable'],
    ['Connection to 127.0.0.1 closed by remote host.', 'unavailable'],
    ['fatal: something that nobody has heard before', 'rejected'],
  ])('%j is in doubt for a write, and only there', (words, code) => {
    expect(explainHost(words, 'https://x/a', true)).toMatchObject({ code, inDoubt: true });
    expect(explainHost(words, 'https://x/a')).toMatchObject({ code, inDoubt: false });
  });
  it('says what to do where that is known, and what every such error says where not', () => {
    expect(explainHost('Host key verification failed.', 'x').hint).toContain('by hand');
    expect(explainHost('Could not resolve host: x', 'x').hint).toContain('look names up');
    expect(explainHost('RPC failed', 'x').hint).toBe('Try again in a moment.');
  });
  it('is told with the address, and the host’s words where it said any', () => {
    const { message, upstream } = explainHost('remote: Not today.\nremote: Come back.\nerror: x\nfatal: y\n', 'https://x/a');
    expect(message).toMatch(/^"https:\/\/x\/a": /);
    expect(upstream?.text).toBe('Not today. Come back.');
    expect(explainHost('  error: x\nfatal: y error: z\n', 'https://x/a').upstream?.text).toBe('x y error: z');
    expect(explainHost('remote:Close.\n  remote: \nnot remote: far\n', 'https://x/a').upstream?.text).toBe('Close.');
  });
});

describe('a ref that is refused', () => {
  it.each([
    ['[remote rejected] (pre-receive hook declined)', 'remote: error: GH013: Repository rule violations found', 'protected', false],
    [
      '[remote rejected] (pre-receive hook declined)',
      'remote: GitLab: You are not allowed to create this tag as it is protected.',
      'protected',
      false,
    ],
    ['[remote rejected] (pre-receive hook declined)', 'remote: tags need a ticket', 'rejected', false],
    ['[remote rejected] (deletion prohibited)', '', 'permission_denied', false],
    ['[remote rejected] (shallow update not allowed)', '', 'unsupported', false],
    ["[remote rejected] (cannot lock ref 'refs/tags/a/b': 'refs/tags/a' exists; cannot create 'refs/tags/a/b')", '', 'conflict', false],
    ['[remote rejected] (funny refname)', '', 'invalid_name', false],
    ['[remote rejected] (reference already exists)', '', 'changed', true],
    ['[remote rejected] (failed to update ref)', '', 'changed', true],
    ["[remote rejected] (cannot lock ref 'refs/tags/v1': is at a but expected b)", '', 'changed', true],
    ['[remote failure] (remote failed to report status)', '', 'rejected', true],
    ['[remote rejected] (unpacker error)', 'error: remote unpack failed: eof before pack header', 'rejected', true],
  ] as const)('%s %s', (reason, words, code, inDoubt) => {
    const error = explainRefusal(reason, words, 'changed');
    expect(error).toMatchObject({ code, inDoubt });
    expect(error.message).not.toBe('');
    expect(error.upstream?.text).toBe(words.replace(/^(remote|error): /, '') || reason);
  });
  it('is no doubt of a creation that another one came before', () => {
    expect(explainRefusal('[remote rejected] (reference already exists)', '', 'already_exists')).toMatchObject({
      code: 'already_exists',
      inDoubt: false,
    });
  });
});
