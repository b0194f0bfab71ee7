import { alternate, median, type Row, run, spread } from './measure.ts';

/** What a client says first. */
export const LINES = [
  {
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
  },
  { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} },
]
  .map((message) => `${JSON.stringify(message)}\n`)
  .join('');

/** The least that could answer the same two lines. */
const BARE = `process.stdin.setEncoding('utf8');let rest='';process.stdin.on('data',(text)=>{rest+=text;const lines=rest.split('\\n');rest=lines.pop();
for(const line of lines){const{id}=JSON.parse(line);process.stdout.write(JSON.stringify({jsonrpc:'2.0',id,result:{}})+'\\n')}})`;

/** From spawn to the end of a process that has answered initialize and tools/list. */
export async function start(server: string, cwd: string, rounds: number): Promise<Row[]> {
  const { ours, bare } = await alternate(rounds, {
    ours: () => run(process.execPath, [server], cwd, LINES),
    bare: () => run(process.execPath, ['-e', BARE], cwd, LINES),
  });
  const value = median(ours) / median(bare);
  return [
    {
      figure: 'spawn, tools/list, exit',
      ours: spread(ours),
      beside: `${spread(bare)} bare node`,
      value,
      budget: '≤ 2.0 ×',
      holds: value <= 2,
    },
  ];
}
