/** Loaded only where there is a file to read. A file of its own, since a CommonJS package loses its names when a bundle imports it late. */
export { parse } from 'yaml';
