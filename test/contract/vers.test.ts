import { contract } from './contract.ts';
import { openVers } from './worlds/vers.ts';

contract('Vers', openVers, { wire: true });
