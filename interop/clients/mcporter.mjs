import { runProgram } from '../scene.mjs';

const CLI = new URL('../node_modules/mcporter/dist/cli.js', import.meta.url).pathname;

const connect = (output) => async (server) => {
  const { command, args, cwd, env } = server;
  const target = [
    ...['--stdio', command, ...args.flatMap((value) => ['--stdio-arg', value]), '--cwd', cwd, '--name', 'tags'],
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
  ];
  const run = (...words) => runProgram(CLI, words, { cwd, env });
  return {
    async tools() {
      const { stdout } = await run('list', ...target, '--json');
      return JSON.parse(stdout).tools.map((tool) => tool.name);
    },
    async call(tool, given) {
      const { code, stdout, stderr } = await run('call', ...target, tool, '--args', JSON.stringify(given), '--output', output);
      if (output === 'text') return { text: stdout, failed: code !== 0 };
      if (code !== 0) return { text: JSON.parse(stdout).content[0].text, failed: true };
      return { structured: JSON.parse(stdout || stderr) };
    },
    close: async () => {},
  };
};

export const name = 'mcporter';
export const variants = { 'call --output json': connect('json'), 'call --output text': connect('text') };
