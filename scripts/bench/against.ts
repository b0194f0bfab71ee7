import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { median, type Row, spread } from './measure.ts';
import { alternateStarts, firstList } from './start.ts';

/** Another server's command line beside ours, in the same run: time to the first list, and what the list costs. */
export async function against(server: string, command: string, cwd: string, rounds: number): Promise<Row[]> {
  // What Node reads at every start would flatter the ratio.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const commands = { ours: [process.execPath, server], theirs: command.split(' ') };
  const { ours, theirs } = await alternateStarts(rounds, commands, cwd, env);
  const mine = await firstList(commands.ours, cwd, env);
  const its = await firstList(commands.theirs, cwd, env);
  const tokens = (tools: readonly unknown[]) => encode(JSON.stringify(tools)).length;
  const name = command.slice(-30);
  return [
    {
      figure: 'spawn to tools/list, theirs ÷ ours',
      value: median(theirs) / median(ours),
      unit: '×',
      ours: spread(ours),
      beside: `${spread(theirs)}: ${name}`,
    },
    {
      figure: 'tokens of tools/list, theirs ÷ ours',
      value: tokens(its.tools) / tokens(mine.tools),
      unit: '×',
      ours: `${tokens(mine.tools)} for ${mine.tools.length} tools`,
      beside: `${tokens(its.tools)} for ${its.tools.length} tools: ${name}`,
    },
  ];
}
