export { codearts } from './codearts/codearts.ts';
export { git } from './git/git.ts';
export { github } from './github/github.ts';
export { gitlab } from './gitlab/gitlab.ts';
export { lakefs } from './lakefs/lakefs.ts';
export { remote } from './remote/remote.ts';
export { vers } from './vers.ts';
