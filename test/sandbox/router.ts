/** What a sandbox with many routes needs above the kit: a table of them, and a way to answer at once from deep inside one. */
import type { Answer } from './sandbox.ts';

/** Thrown anywhere below a route; the answer is final. */
export class Refusal extends Error {
  readonly answer: Answer;
  constructor(status: number, body: unknown) {
    super(`${status} ${JSON.stringify(body)}`);
    this.answer = { status, body };
  }
}

export const refuse = (status: number, message: string): Refusal => new Refusal(status, { message });

/** Runs a route; a refusal becomes its answer, any other error is the sandbox's own bug. */
export function answering(run: () => Answer | undefined): Answer | undefined {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.answer;
    throw thrown;
  }
}

export interface Found<Route> {
  route: Route;
  /** The path's variables, decoded, in order. */
  names: string[];
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw refuse(400, 'malformed percent-encoding in the path');
  }
}

/** Keys read `GET /projects/:id`. Matching is on the raw path, so that an encoded slash stays inside its segment. */
export function router<Route>(table: Record<string, Route>): (method: string, path: string) => Found<Route> | undefined {
  const rows = Object.entries(table).map(([key, route]) => ({ route, shape: new RegExp(`^${key.replace(/:\w+/g, '([^/]+)')}$`) }));
  return (method, path) => {
    for (const { route, shape } of rows) {
      const match = shape.exec(`${method} ${path}`);
      if (match) return { route, names: match.slice(1).map(decoded) };
    }
    return undefined;
  };
}
