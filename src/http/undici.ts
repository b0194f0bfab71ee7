/** Loaded with the first request, not at start. A file of its own, since a CommonJS package loses its names when a bundle imports it late. */
export { Agent, Pool, ProxyAgent } from 'undici';
