/** lakectl's own configuration, as far as it says where lakeFS is and who we are. */
import * as z from 'zod';
import type { VendorFile } from '../../core/provider.ts';

/** A part of the file; one that is left empty counts as absent. */
const part = <S extends z.ZodRawShape>(shape: S) => z.preprocess((value) => value || {}, z.object(shape));
const text = z.string().optional();

const Lakectl = part({
  server: part({ endpoint_url: text }),
  credentials: part({ access_key_id: text, secret_access_key: text, provider: part({ type: text }) }),
});

export const lakectlFile: VendorFile = {
  path: '.lakectl.yaml',
  variable: 'LAKECTL_CONFIG_FILE',
  async read(source) {
    const { parse } = await import('./yaml.ts');
    // Failsafe: a key that looks like a number stays the text it is.
    const { server, credentials } = Lakectl.parse(parse(source, { schema: 'failsafe' }));
    return {
      LAKECTL_SERVER_ENDPOINT_URL: server.endpoint_url,
      LAKECTL_CREDENTIALS_ACCESS_KEY_ID: credentials.access_key_id,
      LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: credentials.secret_access_key,
      LAKECTL_CREDENTIALS_PROVIDER_TYPE: credentials.provider.type,
    };
  },
};
