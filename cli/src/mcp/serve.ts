import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  type CallToolResult,
} from '@modelcontextprotocol/sdk/types.js';
import { GatewayError, operations, type Client } from 'membership-gateway-client';
import { type CommonFlags, createContext, type Surroundings } from '../context.js';
import { EXIT, type ExitStatus } from '../faults.js';
import { failureLines } from '../gatewayFailures.js';
import { tools } from '../generated/tools.js';
import type { OperationTool } from './operationTool.js';
import { version } from '../version.js';

/** The flags of mcp. */
export interface McpFlags extends CommonFlags {
  readonly allowMutations?: boolean;
}

type Variables = Readonly<Record<string, unknown>>;

const DRY_RUN = 'This server runs it with dryRun: true only, so that it changes nothing.';

/**
 * `mgw mcp`: the operations as tools of the Model Context Protocol, on standard input and output, until the input ends. Without
 * `--allow-mutations` it offers reads, and mutations that have a dry run as dry runs. Removals and tokens are never offered.
 */
export async function serveMcp(flags: McpFlags, surroundings: Surroundings): Promise<ExitStatus> {
  const { client, signal, stdin } = await createContext(flags, surroundings);
  const mayMutate = flags.allowMutations === true;
  const offered = tools.filter(({ mutates, hasDryRun }) => !mutates || hasDryRun || mayMutate);
  const mcp = new McpServer(
    { name: 'membership-gateway', version: version() },
    { capabilities: { tools: {} } },
  );
  // The lower layer takes JSON Schemas as they are; McpServer itself takes schemas of Zod.
  const { server } = mcp;
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: offered.map(({ name, description, mutates, inputSchema }) => ({
      name,
      description: mutates && !mayMutate ? `${description}\n${DRY_RUN}` : description,
      inputSchema,
      annotations: { readOnlyHint: !mutates || !mayMutate, destructiveHint: false },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const tool = offered.find(({ name }) => name === params.name);
    if (tool === undefined) {
      return failed([
        `there is no tool ${params.name}; there are ${offered.map(({ name }) => name).join(', ')}`,
      ]);
    }
    const variables = tool.mutates && !mayMutate ? asDryRun(params.arguments) : (params.arguments ?? {});
    return call(client, tool, variables, extra.signal);
  });
  const ended = new Promise<void>((resolve) => {
    stdin.once('end', resolve);
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
  await mcp.connect(new StdioServerTransport(stdin, surroundings.stdout));
  await ended;
  await mcp.close();
  return EXIT.done;
}

function asDryRun(variables: Variables = {}): Variables {
  return { ...variables, input: { ...(variables['input'] as object), dryRun: true } };
}

async function call(
  client: Client,
  { name }: OperationTool,
  variables: Variables,
  signal: AbortSignal,
): Promise<CallToolResult> {
  try {
    if (name === 'retryRequest' && (await isRemoval(client, variables, signal))) {
      return failed(['the request is a removal, and this server makes no removals: mgw retry does']);
    }
    const document: string = operations[name as keyof typeof operations];
    const data = await client.execute(document, variables, { signal });
    return { content: [{ type: 'text', text: JSON.stringify(data) }] };
  } catch (error) {
    if (error instanceof GatewayError) {
      return failed(failureLines(error));
    }
    throw error;
  }
}

async function isRemoval(client: Client, { input }: Variables, signal: AbortSignal): Promise<boolean> {
  const { requestId } = (input ?? {}) as { requestId?: string };
  const request = await client.request({ id: requestId ?? '' }, { signal });
  return request?.operation === 'DISASSOCIATE_MEMBERS' || request?.operation === 'DELETE_MEMBERS';
}

function failed(lines: readonly string[]): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: lines.join('\n') }] };
}
