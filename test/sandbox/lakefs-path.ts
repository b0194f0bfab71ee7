/** How the path of a request reaches lakeFS's handlers, with the trap in it: the name in `tags/m%254d` arrives as `mM`. */
import { Refusal } from './router.ts';

const decodedOnce = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(400, '400 Bad Request');
  }
};

/** What Go's net/url makes of a path. It keeps the path as it came only where that differs from this. */
const asGoWrites = (path: string): string =>
  encodeURIComponent(path)
    .replace(/%(24|26|2B|2C|2F|3A|3B|3D|40)/g, decodeURIComponent)
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * The path whose segments the handlers decode, as a query is decoded, a plus being a space.
 * Where Go has not kept the path as it came, that is decoding it a second time. Tried on lakeFS 1.84.0.
 */
export function pathAsHandled(raw: string): string {
  const once = decodedOnce(raw);
  const path = asGoWrites(once) === raw ? once : raw;
  const wrong = /%(?![0-9a-f]{2})[^/]{0,2}/i.exec(path)?.[0];
  const name = /\/(ref|commit|tag)s\//.exec(path)?.[1]?.replace('commit', 'commitId');
  if (wrong !== undefined)
    throw new Refusal(
      400,
      `Invalid format for parameter ${name}: error unescaping query parameter '${name}': invalid URL escape ${JSON.stringify(wrong)}`,
    );
  return path.replaceAll('+', '%20');
}
