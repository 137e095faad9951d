import type { Draft } from './draft.js';
import { type Path, type Problem, problemAt } from './problem.js';
import type { Document } from './schema.js';
import { STREAM_AUTH } from './schema-streams.js';
import { nearest } from './suggest.js';
import { checkRealmRoles, must } from './text-rules.js';

export type StreamDraft = Draft<Document['notification_schema'][string]>;
type StreamAuth = NonNullable<StreamDraft['auth']>;
const { properties } = STREAM_AUTH;

/** True when the schema asks for the destination check, whatever else is wrong with it. */
export function isGated(stream: StreamDraft | undefined): boolean {
  return stream?.auth?.plugins?.includes('ecpds') === true;
}

/**
 * A schema's `auth` block.
 *
 * @param enabled `auth.enabled`, or undefined when that is wrong itself
 */
export function checkStreamAuth(path: Path, auth: StreamAuth | undefined, enabled?: boolean): Problem[] {
  if (auth === undefined) return [];
  return [
    ...checkRealmRoles([...path, 'read_roles'], auth.read_roles, must(properties.read_roles)),
    ...checkRealmRoles([...path, 'write_roles'], auth.write_roles, must(properties.write_roles)),
    ...checkPlugins([...path, 'plugins'], auth.plugins),
    ...checkRequired(path, auth, enabled),
  ];
}

function checkPlugins(path: Path, plugins: StreamAuth['plugins']): Problem[] {
  const cure = must(properties.plugins);
  if (plugins?.length === 0) return [problemAt(path, 'is empty', cure)];
  return (plugins ?? []).flatMap((plugin, index) => {
    if (plugin === undefined || plugin === 'ecpds') return [];
    const near = nearest(plugin, ['ecpds']) === null ? cure : 'did you mean ecpds?';
    return [problemAt([...path, index], 'is not a known plugin', near)];
  });
}

/** Roles and plugins come to nothing without a known user, and nobody is known while `auth` is off. */
function checkRequired(path: Path, auth: StreamAuth, enabled: boolean | undefined): Problem[] {
  const idle = (['read_roles', 'write_roles', 'plugins'] as const).filter((key) => auth[key] !== undefined);
  if (enabled === false) {
    const keys = auth.required === true ? (['required', ...idle] as const) : idle;
    const what = 'has no effect while `auth.enabled` is `false`';
    return keys.map((key) => problemAt([...path, key], what, '`auth.enabled: true`, or this left out'));
  }
  if (auth.required !== false) return [];
  const what = 'has no effect while `required` is `false`';
  return idle.map((key) => problemAt([...path, key], what, '`required: true` beside it, or this left out'));
}
