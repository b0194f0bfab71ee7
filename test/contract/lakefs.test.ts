import { contract } from './contract.ts';
import { openLakefs } from './worlds/lakefs.ts';

contract('lakeFS', openLakefs, { wire: true, history: true });
