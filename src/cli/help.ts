/** What --help prints. */

/** So many clients stand on the first line of their list. */
const HALF = 8;

export const general = (version: string): string => `tagwright ${version}: release tags over the Model Context Protocol

  tagwright [--git-root DIR]...   serve MCP on stdin and stdout; this is what a client starts
  tagwright doctor                check every configured system, and say what is wrong
  tagwright install CLIENT        enter tagwright in a client's configuration
  tagwright uninstall CLIENT      take it out again
  tagwright help COMMAND          more about one of them

  --git-root DIR   a directory whose git repositories may be used
  -h, --help       print this
  -v, --version    print the version

Settings are environment variables, see README.md. NO_COLOR is respected.

Examples:
  tagwright install claude-code
  GITLAB_TOKEN=glpat-... tagwright doctor

Exit codes: 0 done, 1 failed, 2 wrong usage.
`;

export const DOCTOR = `tagwright doctor [--json] [--git-root DIR]...

Asks every configured system, all at once and without writing anything, whose the credential is, what it may do, and
whether the default repository can be read and written. Shows where each variable comes from, and what is wrong.

  --json           print one JSON object
  --git-root DIR   as the server is started with it

Examples:
  tagwright doctor
  tagwright doctor --json | jq '.providers[] | select(.state == "fails")'

Exit codes: 0 every configured system works, 1 one fails or none is configured, 2 wrong usage.
`;

export const installing = (clients: readonly string[]): string => `tagwright install CLIENT [--system NAME]... [FLAGS]
tagwright uninstall CLIENT [FLAGS]

Enters tagwright in the configuration file of a client, or takes it out; everything else in that file stays as it is.
On a terminal it asks for the variables that are missing.

  --system NAME   set up this system; may be repeated
  --project       in the file of the working directory, not in the user's own
  --name NAME     the name of the entry (default tagwright)
  --dry-run       show what would be written, and write nothing
  --print         show the entry alone

Clients: ${clients.slice(0, HALF).join(', ')},
         ${clients.slice(HALF).join(', ')}

Examples:
  tagwright install claude-desktop
  tagwright install vscode --project --dry-run

Exit codes: 0 done, 1 failed, 2 wrong usage.
`;
