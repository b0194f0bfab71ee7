import assert from 'node:assert/strict';
import { runProgram } from '../scene.mjs';

const LAUNCHER = new URL('../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url).pathname;
const TOOL_ERROR = 5;

const connect = (era) => async (server) => {
  const { command, args, cwd, env } = server;
  const target = [command, ...args, ...Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`])];
  const ask = async (...more) => {
    const { code, stdout, stderr } = await runProgram(
      LAUNCHER,
      ['--cli', ...target, '--cwd', cwd, '--protocol-era', era, '--format', 'json', '--method', ...more],
      { cwd, env },
    );
    return { code, stderr, result: JSON.parse(stdout || '{}').result };
  };
  return {
    async tools() {
      const { code, stderr, result } = await ask('tools/list', '--strict');
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, 'no schema of ours is refused, or warned of, anywhere');
      return result.tools.map((tool) => tool.name);
    },
    async call(tool, given) {
      const pairs = Object.entries(given).map(([key, value]) => `${key}=${value}`);
      const { code, stderr, result } = await ask('tools/call', '--tool-name', tool, ...(pairs.length > 0 ? ['--tool-arg', ...pairs] : []));
      assert.ok(result, `exit ${code}: ${stderr}`);
      assert.equal(code, result.isError ? TOOL_ERROR : 0, stderr);
      return { text: result.content[0].text, structured: result.structuredContent, failed: result.isError };
    },
    close: async () => {},
  };
};

export const name = '@modelcontextprotocol/inspector';
export const variants = { '--cli --protocol-era legacy': connect('legacy'), '--cli --protocol-era modern': connect('modern') };
