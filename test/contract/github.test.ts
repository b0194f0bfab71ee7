import { contract } from './contract.ts';
import { openGithub } from './worlds/github.ts';

contract('GitHub', () => openGithub(), { wire: true, history: true });
contract('an Enterprise Server', () => openGithub({ root: '/api' }), { wire: true });
