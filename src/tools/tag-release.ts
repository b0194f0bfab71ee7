import * as z from 'zod';
import { makeRelease } from '../core/release.ts';
import { begunAt, type Planned, planRelease } from '../core/release-plan.ts';
import { compact } from '../core/tag.ts';
import { defineReleaseTool } from '../core/tool.ts';
import { Message, Name, unlessBlank } from './arguments.ts';

const OUTCOMES = ['planned', 'created', 'unchanged'] as const;
type Outcome = (typeof OUTCOMES)[number];
const Text = z.string();

export const tagRelease = defineReleaseTool({
  name: 'tag_release',
  title: 'Tag release',
  effect: 'create',
  description:
    'Create one tag name on several systems, or on none: on failure what was made is taken back. Safe to repeat. Never moves a tag.',
  targetRef: true,
  input: z.strictObject({
    name: Name,
    message: Message,
    dry_run: z.boolean().default(false).describe('Only show the plan; default false'),
  }),
  output: z.object({
    name: Text,
    outcome: z.enum(OUTCOMES),
    targets: z.array(
      z.looseObject({
        provider: Text,
        repository: Text,
        commit_id: Text,
        outcome: Text,
      }),
    ),
  }),
  async runRelease({ name, message, dry_run }, context) {
    const plan = () => planRelease(name, unlessBlank(message), context.targets, context);
    let planned = await plan();
    const show = (outcome: Outcome, outcomes: readonly Outcome[]) => ({
      name,
      outcome,
      targets: planned.map((one, index) => shown(one, outcomes[index] ?? 'planned')),
    });
    if (dry_run)
      return show(
        'planned',
        planned.map(({ standing }) => (standing ? 'unchanged' : 'planned')),
      );

    const making = () => ({
      name,
      message: unlessBlank(message),
      targets: planned.flatMap(({ target, commit_id, standing }) => (standing ? [] : [{ ...target.address, commit_id }])),
    });
    const again = async () => {
      planned = await plan();
      return making();
    };
    if (making().targets.length > 0) await context.confirm(making(), again);
    const outcomes = await makeRelease(name, planned, { ...context, moment: begunAt(planned) ?? context.moment });
    return show(outcomes.includes('created') ? 'created' : 'unchanged', outcomes);
  },
});

const UNSEEN = 'Whether there is such a commit cannot be asked beforehand.';

const shown = ({ target, ref, commit_id, note, unseen }: Planned, outcome: Outcome) => {
  const notes = [note ?? [], outcome === 'planned' && unseen ? UNSEEN : []].flat().join(' ');
  return compact({ ...target.address, ref, commit_id, outcome, note: notes || undefined });
};
