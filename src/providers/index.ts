export { git } from './git/git.ts';
