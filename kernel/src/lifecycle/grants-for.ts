import type { Grant, Permission } from '@aico/schemas';

/** What its user gave a plugin by agreeing to what it asks; what is optional is asked for when it is used. */
export function grantsFor(permissions: readonly Permission[]): Grant[] {
  return permissions
    .filter(({ optional }) => optional !== true)
    .map(({ verb, topic, constraints }) =>
      constraints === undefined ? { verb, topic, effect: 'allow' } : { verb, topic, effect: 'allow', constraints },
    );
}
