/** NO_PROXY, as curl and Go read it: names and what is below them, addresses, ranges of addresses, ports. */
import { BlockList, isIP } from 'node:net';

export interface Bypass {
  /** Is this spoken to without the proxy? */
  covers(url: URL): boolean;
  /** Entries that mean nothing to us. */
  readonly unreadable: readonly string[];
}

type Rule = (host: string, port: number) => boolean;

const NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;
/** `host:port`; an IPv6 address has its brackets then. */
const WITH_PORT = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/;

export function readNoProxy(list = ''): Bypass {
  const rules: Rule[] = [];
  const unreadable: string[] = [];
  for (const entry of list.split(/[\s,;]+/).filter(Boolean)) {
    const rule = ruleOf(entry.toLowerCase());
    if (rule) rules.push(rule);
    else unreadable.push(entry);
  }
  return {
    unreadable,
    covers({ hostname, port, protocol }) {
      const host = hostname.replace(/^\[|\]$|\.$/g, '');
      const at = Number(port) || (protocol === 'https:' ? 443 : 80);
      return rules.some((rule) => rule(host, at));
    },
  };
}

function ruleOf(entry: string): Rule | undefined {
  if (entry === '*') return () => true;
  const rest = entry.replace(/^[a-z][a-z0-9+.-]*:\/\//, '');
  // Of an address as it is pasted, the host counts; a slash behind an address is a range.
  const text = rest === entry ? entry : (rest.split('/', 1)[0] ?? '');
  const [, host = text, port] = WITH_PORT.exec(text) ?? [];
  const rule = hostRule(host.replace(/^\[|\]$/g, ''));
  return rule && port ? (name, at) => at === Number(port) && rule(name, at) : rule;
}

function hostRule(host: string): Rule | undefined {
  if (host.includes('/')) return rangeRule(host);
  if (isIP(host)) return (name) => name === host;
  const start = /^(\d{1,3}\.){1,3}(?=\*$)/.exec(host)?.[0];
  if (start) return (name) => isIP(name) === 4 && name.startsWith(start);
  const domain = host.replace(/^\*?\./, '').replace(/\.$/, '');
  return NAME.test(domain) ? (name) => name === domain || name.endsWith(`.${domain}`) : undefined;
}

function rangeRule(range: string): Rule | undefined {
  const [address = '', bits = ''] = range.split('/', 2);
  const family = isIP(address);
  if (!family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return undefined;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(bits), type);
  return (name) => isIP(name) === family && list.check(name, type);
}
