import { type Redact, redactor } from './redact.ts';

/** Secrets that are to be taken out of text, and a way to add one. */
export interface Secrets {
  readonly redact: Redact;
  hide(secret: string): void;
}

export function keepSecret(first: Iterable<string> = []): Secrets {
  const secrets = new Set(first);
  // Made when it is first used: to make it for each of many secrets takes their square.
  let current: Redact | undefined;
  return {
    redact(text) {
      current ??= redactor(secrets);
      return current(text);
    },
    hide(secret) {
      if (secrets.has(secret)) return;
      secrets.add(secret);
      current = undefined;
    },
  };
}
