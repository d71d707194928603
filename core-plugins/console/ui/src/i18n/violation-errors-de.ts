import type { ErrorWords } from './error-words.ts';

const AUTHOR = 'Sag es dem Autor des Plugins.';

/** German words for errors of plugins that break a rule of the bus. */
export const violationErrorsDe: ErrorWords = new Map([
  ['KERNEL_TOPIC_MALFORMED', { message: '„{subject}“ ist kein Thema.', fix: AUTHOR }],
  ['KERNEL_TOPIC_UNKNOWN', { message: 'Ein Thema „{subject}“ kennt AICO nicht.', fix: AUTHOR }],
  ['KERNEL_TOPIC_RESERVED', { message: '„{subject}“ gehört zu AICO oder zu einem anderen Plugin.', fix: AUTHOR }],
  ['KERNEL_PAYLOAD_INVALID', { message: 'Was zu „{subject}“ gesendet wurde, passt nicht: {problem}.', fix: AUTHOR }],
  ['KERNEL_PAYLOAD_UNSEALED', { message: 'Was zu „{subject}“ gesendet wurde, war nicht versiegelt.', fix: AUTHOR }],
  [
    'KERNEL_FRAME_MALFORMED',
    { message: '{subject} hat etwas gesendet, das sich nicht lesen lässt: {problem}.', fix: AUTHOR },
  ],
  ['KERNEL_STREAM_CREDIT', { message: '{subject} hat mehr gesendet, als jemand lesen wollte.', fix: AUTHOR }],
  ['KERNEL_REPLY_UNEXPECTED', { message: '{subject} hat etwas geantwortet, wonach niemand fragte.', fix: AUTHOR }],
  ['KERNEL_TRACE_MALFORMED', { message: '{subject} hat falsch angegeben, wozu eine Nachricht gehört.', fix: AUTHOR }],
  ['KERNEL_CONDITION_UNDECLARED', { message: '{subject} darf „{condition}“ nicht behaupten.', fix: AUTHOR }],
  [
    'KERNEL_PEER_REFUSED',
    {
      message: 'Jemand wollte im Namen von {subject} sprechen und wurde abgewiesen.',
      fix: 'Es ist nichts geschehen. Nur ein Programm von dir kann das versucht haben.',
    },
  ],
]);
