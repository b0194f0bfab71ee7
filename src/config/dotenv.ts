/** Loaded where there is a .env to be read. */
export { parse } from 'dotenv';
