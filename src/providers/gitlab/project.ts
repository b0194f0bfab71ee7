/** Requests below one project. It may have moved: its old path still leads reads there, but only its id takes writes. */
import { isTagError, TagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import type { Tag } from '../../core/tag.ts';
import { told } from '../../core/told.ts';
import type { Http, Method, Reply, SendOptions } from '../../http/http.ts';
import { type Path, path } from '../../http/path.ts';
import { Moved } from './failures.ts';
import { WireProject } from './wire.ts';

/** A path below a project, given by path or id. */
export type Below = (project: string) => Path;

export interface Projects {
  send<T = undefined>(method: Method, repository: string, below: Below, options: SendOptions<T>): Promise<Reply<T>>;
  /** The same for a write, which says why it was forbidden. `tag` is what it is about, where that stands already. */
  write<T = undefined>(method: Method, repository: string, below: Below, options: SendOptions<T>, tag?: Tag): Promise<Reply<T>>;
  look(repository: string, call: Call): Promise<WireProject>;
}

/** `follows`: to where a project is now. It is looked up each time: the old path may come to name another project. */
export function createProjects(http: Http, follows: boolean): Projects {
  const projects: Projects = {
    async send(method, repository, below, options) {
      try {
        return await http.send(method, below(repository), options);
      } catch (error) {
        const moved = isTagError(error) && error.cause instanceof Moved ? error.cause : undefined;
        if (!moved || !follows) throw error;
        // A write refused for this was not applied.
        const id = moved.id ?? String((await projects.look(repository, options.call)).id);
        return http.send(method, below(id), options);
      }
    },
    async write(method, repository, below, options, tag) {
      try {
        return await projects.send(method, repository, below, options);
      } catch (error) {
        // The bare words do not say why.
        if (!isTagError(error, 'permission_denied') || error.upstream?.text !== '403 Forbidden') throw error;
        const project = await projects.look(repository, options.call).catch(() => undefined);
        const known = { upstream: error.upstream, cause: error };
        if (project?.archived) throw new TagError('read_only', 'The project is archived.', known);
        if (tag?.protected)
          throw new TagError('protected', told`${tag.name} is protected, and the credential has not the role for it.`, known);
        throw error;
      }
    },
    look: async (repository, call) =>
      (await projects.send('GET', repository, (project) => path`/projects/${project}`, { call, schema: WireProject })).body,
  };
  return projects;
}
