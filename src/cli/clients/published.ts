/**
 * Whether the registry has this package under its name. Until then whoever claims the name would be started by every link
 * and entry that fetches it, with the credentials of its environment: nothing runs it by name.
 */
export const PUBLISHED: boolean = false;
