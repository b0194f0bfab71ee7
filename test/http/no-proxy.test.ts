import { describe, expect, it } from 'vitest';
import { readNoProxy } from '../../src/http/no-proxy.ts';

const covers = (list: string, url: string) => readNoProxy(list).covers(new URL(url));

describe('NO_PROXY', () => {
  it.each([
    ['gitlab.example', 'https://gitlab.example'],
    ['GitLab.Example', 'https://gitlab.example'],
    ['gitlab.example', 'https://a.gitlab.example'],
    ['.gitlab.example', 'https://a.gitlab.example'],
    ['.gitlab.example', 'https://gitlab.example'],
    ['*.gitlab.example', 'https://a.gitlab.example'],
    ['gitlab.example.', 'https://gitlab.example'],
    ['gitlab.example', 'https://gitlab.example.'],
    ['gitlab.example:443', 'https://gitlab.example'],
    ['gitlab.example:8443', 'https://gitlab.example:8443'],
    ['a.example,gitlab.example', 'https://gitlab.example'],
    ['a.example; gitlab.example', 'https://gitlab.example'],
    ['a.example gitlab.example', 'https://gitlab.example'],
    ['http://gitlab.example', 'https://gitlab.example'],
    ['https://gitlab.example/path', 'https://gitlab.example'],
    ['https://gitlab.example:8443/', 'https://gitlab.example:8443'],
    ['*', 'https://anything.example'],
    ['192.0.2.7', 'https://192.0.2.7'],
    ['192.0.2.0/24', 'https://192.0.2.7'],
    ['10.0.0.0/8,192.0.0.0/16', 'https://192.0.2.7'],
    ['192.0.2.*', 'https://192.0.2.7'],
    ['192.0.*', 'https://192.0.2.7'],
    ['0.0.0.0/0', 'https://192.0.2.7'],
    ['[2001:db8::7]', 'https://[2001:db8::7]'],
    ['2001:db8::7', 'https://[2001:db8::7]'],
    ['[2001:db8::7]:8443', 'https://[2001:db8::7]:8443'],
    ['2001:db8::/32', 'https://[2001:db8::7]'],
  ])('%j goes without for %s', (list, url) => expect(covers(list, url)).toBe(true));

  it.each([
    ['', 'https://gitlab.example'],
    ['gitlab.example', 'https://notgitlab.example'],
    ['gitlab.example', 'https://gitlab.example.org'],
    ['gitlab.example:8443', 'https://gitlab.example'],
    ['192.0.2.0/24', 'https://192.0.3.7'],
    ['192.0.2.*', 'https://192.0.20.7'],
    ['192.0.2.*', 'https://192.0.2.example'],
    ['2001:db8::/32', 'https://[2001:db9::7]'],
    ['10.0.0.0/8', 'https://ten.example'],
    ['.', 'https://gitlab.example'],
  ])('%j says nothing of %s', (list, url) => expect(covers(list, url)).toBe(false));

  it('names what cannot be read, and honours the rest', () => {
    const { unreadable, covers: goes } = readNoProxy('10.0.0.0/40, git*.example, gitlab.example, [, 1.2.3.4/x');
    expect(unreadable).toEqual(['10.0.0.0/40', 'git*.example', '[', '1.2.3.4/x']);
    expect(goes(new URL('https://gitlab.example'))).toBe(true);
  });
});
