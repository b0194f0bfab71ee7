import * as z from 'zod';
import { isTagError } from '../core/errors.ts';
import type { Call } from '../core/provider.ts';
import { explainTo, noTarget } from '../core/release-plan.ts';
import { standsAt } from '../core/settle.ts';
import { plainName } from '../core/tag-name.ts';
import { textOf } from '../core/told.ts';
import { defineReleaseTool, type Target } from '../core/tool.ts';
import { Name } from './arguments.ts';

const Text = z.string();

export const showRelease = defineReleaseTool({
  name: 'show_release',
  title: 'Show release',
  effect: 'read',
  description: 'Show where a release name stands on several systems, what is missing, and whether it is complete.',
  targetRef: false,
  input: z.strictObject({ name: Name }),
  output: z.object({
    name: Text,
    complete: z.boolean(),
    targets: z.array(z.looseObject({ commit_id: Text.optional(), missing: z.boolean().optional() })),
  }),
  async runRelease({ name: given }, context) {
    const name = plainName(given);
    if (context.targets.length === 0) throw noTarget();
    const targets = await Promise.all(context.targets.map((target) => lookUp(name, target, context)));
    return { name, complete: targets.every((target) => 'commit_id' in target), targets };
  },
});

async function lookUp(name: string, { named, open }: Target, call: Call) {
  const { provider, repository } = named;
  let address: object = { provider, repository };
  try {
    const target = await open(call);
    address = target.address;
    return { ...address, commit_id: standsAt(await target.tags(call).look(name)) };
  } catch (error) {
    if (!isTagError(error, 'tag_not_found')) return { ...address, error: textOf(explainTo(error)) };
    // More is known of it than that it is not there.
    const note = isTagError(error.cause, 'tag_not_found') ? `${error.message} ${error.hint}` : undefined;
    return { ...address, missing: true, ...(note && { note }) };
  }
}
