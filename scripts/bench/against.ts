import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { alternate, median, type Row, spread } from './measure.ts';
import { firstList } from './start.ts';

/** Another server's command line beside ours, in the same run: time to the first list, and what the list costs. */
export async function against(server: string, command: string, cwd: string, rounds: number): Promise<Row[]> {
  const own = [process.execPath, server];
  const other = command.split(' ');
  const { ours, theirs } = await alternate(rounds, { ours: () => firstList(own, cwd), theirs: () => firstList(other, cwd) });
  const [mine, its] = await Promise.all([firstList(own, cwd), firstList(other, cwd)]);
  const tokens = (tools: unknown[]) => encode(JSON.stringify(tools)).length;
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
      value: tokens(its) / tokens(mine),
      unit: '×',
      ours: `${tokens(mine)} for ${mine.length} tools`,
      beside: `${tokens(its)} for ${its.length} tools: ${name}`,
    },
  ];
}
