/** A real git host on loopback: `git http-backend` behind node:http, with Basic authentication where a password is given. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { settingAs } from '../../src/git/environment.ts';
import { isolated } from './git-repository.ts';

/** A git may be built without it. */
export const speaksHttp = existsSync(join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-remote-http'));

export interface GitHost {
  readonly origin: string;
  /** Requests as they came: method, path with query, and who asked. */
  readonly seen: { readonly method: string; readonly url: string; readonly authorization: string | undefined }[];
  /** Visits: what begins with asking for the refs of a service. */
  visits(): string[];
  /** How many objects each pack had that went out, and each that came in; a push without objects brings none. */
  readonly sent: number[];
  readonly received: number[];
  /** Whatever is returned is answered in its place; called before git is. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>) | undefined;
  /** Once every request has been answered, or given up by who asked, and git has ended. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

interface Options {
  /** Where the repositories are. */
  readonly root: string;
  /** user:password */
  readonly credential?: string;
  /** It gives single commits away, without their files; so it does unless told otherwise. */
  readonly filters?: boolean;
}

/** Whoever may enter may also push. */
export async function openGitHost({ root, credential, filters = true }: Options): Promise<GitHost> {
  const settings = settingAs([
    ['http.receivepack', 'true'],
    ['uploadpack.allowFilter', String(filters)],
  ]);
  const host = {
    seen: [] as GitHost['seen'],
    sent: [] as number[],
    received: [] as number[],
    intercept: undefined as GitHost['intercept'],
  };
  let running = 0;
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    const { authorization } = request.headers;
    host.seen.push({ method, url, authorization });
    const wanted = credential && `Basic ${Buffer.from(credential).toString('base64')}`;
    running += 1;
    response.on('close', () => {
      running -= 1;
    });
    void Promise.resolve(host.intercept?.(request, response) ?? false).then((isDone) => {
      if (isDone) return;
      if (wanted && authorization !== wanted) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('unauthorized');
        return;
      }
      serve(request, response, host, { ...process.env, ...isolated, ...settings, GIT_PROJECT_ROOT: root });
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return Object.assign(host, {
    origin: `http://127.0.0.1:${port}`,
    visits: () => host.seen.flatMap(({ url }) => /\/info\/refs\?service=(git-[a-z-]+)/.exec(url)?.[1] ?? []),
    idle: async () => {
      for (let quiet = 0; quiet < 20; quiet = running > 0 ? 0 : quiet + 1) await new Promise((wake) => setTimeout(wake, 10));
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  });
}

/** One request, handed to git as CGI has it. */
function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { sent, received }: Pick<GitHost, 'sent' | 'received'>,
  env: NodeJS.ProcessEnv,
): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://host');
  const { headers } = request;
  const git = spawn('git', ['http-backend'], {
    env: {
      ...env,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: headers['content-type'] ?? '',
      ...(headers['content-encoding'] && { HTTP_CONTENT_ENCODING: headers['content-encoding'] }),
      ...(headers['git-protocol'] && { GIT_PROTOCOL: String(headers['git-protocol']) }),
      REMOTE_USER: 'somebody',
      REMOTE_ADDR: '127.0.0.1',
    },
  });
  const asked: Buffer[] = [];
  request.on('data', (chunk: Buffer) => asked.push(chunk));
  request.on('end', () => {
    if (!pathname.endsWith('/git-receive-pack')) return;
    // A probe without a command is followed by the push itself.
    const body = Buffer.concat(asked);
    if (body.length > '0000'.length) received.push(objectsIn(body) ?? 0);
  });
  request.pipe(git.stdin);
  git.stdin.on('error', () => {});
  const chunks: Buffer[] = [];
  git.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  git.on('close', () => {
    const answer = Buffer.concat(chunks);
    const end = answer.indexOf('\r\n\r\n');
    const lines = answer.subarray(0, end).toString().split('\r\n');
    const fields = lines.map((line) => line.split(/:\s*/, 2) as [string, string]);
    const status = Number(fields.find(([name]) => name === 'Status')?.[1]?.split(' ')[0] ?? 200);
    const count = pathname.endsWith('/git-upload-pack') ? objectsIn(answer) : undefined;
    if (count !== undefined) sent.push(count);
    response.writeHead(status, Object.fromEntries(fields.filter(([name]) => name && name !== 'Status')));
    response.end(answer.subarray(end + 4));
  });
}

/** A pack begins with its name, its version and how many objects it holds. */
function objectsIn(body: Buffer): number | undefined {
  const start = body.indexOf('PACK\0\0\0\x02');
  return start < 0 ? undefined : body.readUInt32BE(start + 8);
}
