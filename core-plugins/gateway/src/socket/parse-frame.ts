import { AicoError, type ClientFrame } from '@aico/sdk';
import { explain, validators } from '@aico/sdk/protocol';

/** Reads what a client sent. @throws AicoError GATEWAY_FRAME_MALFORMED */
export function parseFrame(text: string): ClientFrame {
  const validate = validators['gateway#ClientFrame'];
  const value = parseJson(text);
  if (validate(value)) return value;
  throw malformed(explain(validate).sentence);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('it is not JSON');
  }
}

function malformed(problem: string): AicoError {
  return new AicoError('GATEWAY_FRAME_MALFORMED', { subject: 'the WebSocket', details: { problem } });
}
