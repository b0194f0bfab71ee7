/** A signature is of the tag object it came with; in the message of another one it would be a bad one. */
export const withoutSignature = (message: string): string =>
  message.replace(/(^|\n)-----BEGIN (PGP SIGNATURE|PGP MESSAGE|SSH SIGNATURE|SIGNED MESSAGE)-----.*/s, '');
