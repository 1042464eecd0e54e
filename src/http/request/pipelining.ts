import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Most requests of one connection under way. HTTP clients that pipeline send about ten at once. */
export const MAX_PER_CONNECTION = 16;

/** Most pipelined requests under way in the process. A request is pipelined if it begins while its connection has another one. */
export const MAX_PIPELINED = 1_000;

/**
 * Longest piece of a chunked body that the parser gets at once, in bytes. Its end is not known before it is parsed, so the last
 * piece may have further requests in it.
 */
const MAX_CHUNKED_PIECE = 1_024;

/** The end of the headers of a request. */
const HEADERS_END = '\r\n\r\n';

/** Pipelined requests of all connections under way. */
interface Pipelined {
  count: number;
}

/**
 * Limits pipelining: a connection is not read while it has MAX_PER_CONNECTION requests under way, or while it has one and the
 * process has MAX_PIPELINED pipelined ones. A client that sends one request at a time is never delayed.
 *
 * Without it Node would begin all requests of a chunk of 64 KiB at once, some 2,500, before any of them is answered.
 */
export function limitPipelining(server: Server): void {
  const pipelined: Pipelined = { count: 0 };
  const connections = new WeakMap<Socket, Connection>();
  server.on('connection', (socket: Socket) => {
    connections.set(socket, createConnection(socket, pipelined));
  });
  // Before the listener that handles the request.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    connections.get(request.socket)?.begin(request, response);
  });
}

interface Connection {
  begin(request: IncomingMessage, response: ServerResponse): void;
}

/**
 * Stands between a socket and the HTTP parser of Node. The parser gets at most the headers of one request at a time, and the
 * next ones only while the limits allow. The rest of a chunk is held, and the socket is paused.
 *
 * Node pauses the socket too, when the client does not read its answers or a handler does not read a body. It does so while
 * the parser runs, so a socket that is paused after a piece was paused by Node, and Node will resume it. A body that is due
 * waits like a request: the earlier requests of its connection end without it.
 */
function createConnection(socket: Socket, pipelined: Pipelined): Connection {
  const parse = takeOverParser(socket);
  let held: Buffer | null = null;
  let latest: IncomingMessage | null = null;
  const underWay = countUnderWay(pipelined);
  /** Bytes of the latest request's body that the parser has not got; 0 for a chunked body. */
  let bodyLeft = 0;
  /** Whether the limits paused the socket, and not Node. */
  let isPaused = false;

  const mayParse = (): boolean => {
    const isBodyDue = latest?.complete === false;
    return underWay.count() === 0 || (underWay.count() === 1 && isBodyDue) || underWay.hasRoom();
  };

  const parseHeld = (): void => {
    isPaused &&= socket.isPaused();
    while (held !== null && !socket.destroyed && !socket.isPaused()) {
      if (!mayParse()) {
        isPaused = true;
        socket.pause();
        return;
      }
      const length = pieceLength(held, bodyLeft, latest?.complete === false);
      const piece = held.subarray(0, length);
      held = length < held.length ? held.subarray(length) : null;
      bodyLeft = Math.max(0, bodyLeft - length);
      parse(piece);
    }
  };

  const resume = (): void => {
    if (isPaused && !socket.destroyed) {
      isPaused = false;
      socket.resume();
    }
  };

  const end = (): void => {
    if (socket.destroyed) {
      return;
    }
    underWay.end();
    if (isPaused) {
      // In the next turn of the event loop: other connections are served first.
      setImmediate(resume);
    }
  };

  socket.on('data', (chunk: Buffer) => {
    held = held === null ? chunk : Buffer.concat([held, chunk]);
    parseHeld();
  });
  socket.on('resume', parseHeld);
  socket.once('close', () => {
    underWay.endAll();
    held = null;
  });
  return {
    begin(request, response) {
      latest = request;
      bodyLeft = Number(request.headers['content-length'] ?? 0);
      underWay.begin();
      response.once('close', end);
    },
  };
}

/** Counts the requests of one connection under way, and the pipelined ones among them in `pipelined`. */
function countUnderWay(pipelined: Pipelined) {
  let underWay = 0;
  const count = (next: number): void => {
    pipelined.count += Math.max(0, next - 1) - Math.max(0, underWay - 1);
    underWay = next;
  };
  return {
    count: () => underWay,
    hasRoom: () => underWay < MAX_PER_CONNECTION && pipelined.count < MAX_PIPELINED,
    begin() {
      count(underWay + 1);
    },
    end() {
      count(underWay - 1);
    },
    endAll() {
      count(0);
    },
  };
}

/** Removes the parser of Node from the socket's `data` event, and returns it. */
function takeOverParser(socket: Socket): (chunk: Buffer) => void {
  const [listener] = socket.listeners('data');
  if (listener === undefined) {
    throw new Error('expected the HTTP parser of Node to listen to the data of the socket');
  }
  socket.off('data', listener as (chunk: Buffer) => void);
  return listener as (chunk: Buffer) => void;
}

/** How many bytes of a chunk the parser gets: the known rest of a body, a piece of a chunked one, or the next headers. */
function pieceLength(chunk: Buffer, bodyLeft: number, isInBody: boolean): number {
  if (isInBody) {
    return Math.min(chunk.length, bodyLeft > 0 ? bodyLeft : MAX_CHUNKED_PIECE);
  }
  const end = chunk.indexOf(HEADERS_END);
  return end === -1 ? chunk.length : end + HEADERS_END.length;
}
