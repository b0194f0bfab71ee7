import * as z from 'zod';
import { type Done, makeRelease } from '../core/release.ts';
import { begunAt, type Planned, planRelease } from '../core/release-plan.ts';
import { compact } from '../core/tag.ts';
import { defineReleaseTool } from '../core/tool.ts';
import { Message, Name, ReleaseNotes, unlessBlank } from './arguments.ts';

const OUTCOMES = ['planned', 'created', 'unchanged'] as const;
type Outcome = (typeof OUTCOMES)[number];
type Row = Done | { readonly outcome: 'planned' };
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
    release_notes: ReleaseNotes,
    dry_run: z.boolean().default(false).describe('Only show the plan; default false'),
  }),
  output: z.object({
    name: Text,
    outcome: z.enum(OUTCOMES),
    targets: z.array(z.looseObject({ commit_id: Text, outcome: Text })),
  }),
  async runRelease({ name, message, release_notes, dry_run }, context) {
    const wanted = { name, message: unlessBlank(message), release_notes: unlessBlank(release_notes) };
    const plan = () => planRelease(wanted, context.targets, context);
    let planned = await plan();
    const show = (outcome: Outcome, rows: readonly Row[]) => ({
      name,
      outcome,
      targets: planned.map((one, index) => shown(one, rows[index] ?? { outcome: 'planned' })),
    });
    if (dry_run)
      return show(
        'planned',
        planned.map((one) => ({ outcome: needsWrite(one) ? 'planned' : 'unchanged' })),
      );

    const making = () => ({
      ...wanted,
      targets: planned.filter(needsWrite).map(({ target, commit_id }) => ({ ...target.address, commit_id })),
    });
    const again = async () => {
      planned = await plan();
      return making();
    };
    if (making().targets.length > 0) await context.confirm(making(), again);
    const done = await makeRelease(name, planned, { ...context, moment: begunAt(planned) ?? context.moment });
    return show(done.some(({ outcome }) => outcome !== 'unchanged') ? 'created' : 'unchanged', done);
  },
});

const needsWrite = ({ standing, release_notes }: Planned): boolean => !standing || release_notes !== undefined;

const UNSEEN = 'Whether there is such a commit cannot be asked beforehand.';
const ONLY_NOTES = 'The tag stands; its notes are to be published.';
const LAST = {
  always: undefined,
  perhaps: 'This may not be possible to take back, so it is made last.',
  never: 'This cannot be taken back, so it is made last.',
} as const;

const shown = ({ target, ref, commit_id, note, standing, undo, unseen }: Planned, { outcome, ...done }: Row) => {
  const plans = outcome === 'planned' && [standing && ONLY_NOTES, LAST[undo], unseen && UNSEEN];
  const notes = [note, ...(plans || []), 'note' in done && done.note].filter(Boolean).join(' ');
  return compact({ ...target.address, ref, commit_id, outcome, note: notes || undefined });
};
