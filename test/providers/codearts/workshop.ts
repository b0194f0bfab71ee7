/** A sandbox CodeArts Repo with one repository of two commits, IAM beside it, and the provider connected by one of its three ways. */
import type { Host } from '../../../src/core/host.ts';
import type { TagProvider } from '../../../src/core/provider.ts';
import type { Env } from '../../../src/providers/codearts/env.ts';
import { codearts } from '../../../src/providers/index.ts';
import {
  CODEARTS_KEY,
  CODEARTS_TEMPORARY_KEY,
  type CodeartsOptions,
  type CodeartsRepository,
  type CodeartsSandbox,
  startCodearts,
} from '../../sandbox/codearts.ts';
import { IAM_ACCOUNT, type IamOptions, type IamSandbox, startIam } from '../../sandbox/iam.ts';
import { closeAfterwards } from '../../support/closing.ts';
import { quietCall, type ToolCalls, testHost, toolsOn } from '../../support/target.ts';

export type Way = 'token' | 'key' | 'temporary key' | 'login';

export interface Workshop {
  readonly sandbox: CodeartsSandbox;
  readonly iam: IamSandbox;
  readonly repository: CodeartsRepository;
  readonly provider: TagProvider;
  readonly tools: ToolCalls;
  /** The variables of a way, right and wrong; without the address. */
  readonly right: Env;
  readonly wrong: Env;
  /** Another connection to the sandbox. */
  connect(values: Env, host?: Partial<Host>): TagProvider;
  /** On branch stable, and on master. */
  readonly older: string;
  readonly newer: string;
  /** What has been asked since the last time: `GET /repository/tag?query`, below the repository. */
  asked(): string[];
  close(): Promise<void>;
}

const { domain, user, password, project } = IAM_ACCOUNT;
const login = (password: string): Env => ({
  CODEARTS_IAM_DOMAIN: domain,
  CODEARTS_IAM_USER: user,
  CODEARTS_IAM_PASSWORD: password,
  CODEARTS_REGION: project,
});
const key = ({ access, securityToken }: { access: string; securityToken?: string }, secret: string): Env => ({
  HUAWEICLOUD_SDK_AK: access,
  HUAWEICLOUD_SDK_SK: secret,
  HUAWEICLOUD_SDK_SECURITY_TOKEN: securityToken,
});
const DAY_MS = 24 * 3_600_000;

export async function codeartsTools(way: Way = 'token', options: CodeartsOptions & IamOptions = {}): Promise<Workshop> {
  const sandbox = await startCodearts(options);
  const iam = await startIam(sandbox, options);
  const repository = sandbox.addRepository(2112015538);
  const older = sandbox.commit(repository.id, 'stable', 'first').id;
  const newer = sandbox.commit(repository.id, 'master', 'second').id;

  const token = () => sandbox.issueToken(new Date(sandbox.now().getTime() + DAY_MS));
  const right: Record<Way, () => Env> = {
    token: () => ({ CODEARTS_TOKEN: token() }),
    key: () => key(CODEARTS_KEY, CODEARTS_KEY.secret),
    'temporary key': () => key(CODEARTS_TEMPORARY_KEY, CODEARTS_TEMPORARY_KEY.secret),
    login: () => login(password),
  };
  const wrong: Record<Way, Env> = {
    token: { CODEARTS_TOKEN: 'MIIT-of-a-stranger' },
    key: key(CODEARTS_KEY, 'SK-of-a-stranger'),
    'temporary key': key({ ...CODEARTS_TEMPORARY_KEY, securityToken: 'STS-of-a-stranger' }, CODEARTS_TEMPORARY_KEY.secret),
    login: login('password-of-a-stranger'),
  };
  const connect = (values: Env, host: Partial<Host> = {}) => {
    const provider = codearts.connect({ CODEARTS_URL: sandbox.url, CODEARTS_IAM_URL: iam.url, ...values }, testHost(host));
    if (!provider) throw new Error('CodeArts is not enabled');
    return provider;
  };
  const given = right[way]();
  const provider = connect(given);
  return {
    sandbox,
    iam,
    repository,
    provider,
    tools: toolsOn(provider, String(repository.id)),
    right: given,
    wrong: wrong[way],
    connect,
    older,
    newer,
    asked: () =>
      sandbox.seen
        .splice(0)
        .map(({ method, path, rawQuery }) => `${method} ${path.split(`/${repository.id}`)[1]}${rawQuery && `?${rawQuery}`}`),
    close: async () => void (await Promise.all([sandbox.close(), iam.close()])),
  };
}

/** The same, closed when the test is over; it fails where the sandbox was asked for what no CodeArts has. */
export async function workshop(way?: Way, options?: CodeartsOptions & IamOptions): Promise<Workshop> {
  const opened = await codeartsTools(way, options);
  closeAfterwards(opened.sandbox, opened.iam);
  return opened;
}

export const call = quietCall();
