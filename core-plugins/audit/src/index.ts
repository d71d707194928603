import type { PluginDefinition } from '@aico/sdk';
import { createAuditPlugin } from './audit-plugin.ts';

const definition: PluginDefinition = createAuditPlugin(Date.now);

export default definition;
