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

/** What all connections of the process share. */
interface Pipelined {
  /** Pipelined requests under way. */
  count: number;
  /** Calls the function in a turn of the event loop in which no other connection begins pipelined requests. */
  takeTurn(begin: () => void): void;
}

/**
 * Limits pipelining: a connection is not read while it has MAX_PER_CONNECTION requests under way, or while it has one and the
 * process has MAX_PIPELINED pipelined ones. Pipelined requests of one connection begin in each turn of the event loop, so other
 * requests go on between them. A client that sends one request at a time is never delayed.
 *
 * Without it Node would begin all requests of a chunk of 64 KiB at once, some 2,500, before any of them is answered.
 */
export function limitPipelining(server: Server): void {
  const pipelined: Pipelined = { count: 0, takeTurn: createTurns() };
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
 * Stands between a socket and the HTTP parser of Node. The parser gets the pieces of `createPieces`, and only while the limits
 * allow. The rest is held, and the socket is paused.
 *
 * Node pauses the socket too, when the client does not read its answers or a handler does not read a body. It does so while
 * the parser runs, so a socket that is paused after a piece was paused by Node, and Node will resume it. A body that is due
 * waits like a request: the earlier requests of its connection end without it.
 */
function createConnection(socket: Socket, pipelined: Pipelined): Connection {
  const pieces = createPieces(takeOverParser(socket));
  const underWay = countUnderWay(pipelined);
  /** Whether the limits paused the socket, and not Node. */
  let isPaused = false;
  let waitsForTurn = false;
  let hasTurn = false;

  /** Whether the next piece belongs to a request that is not pipelined. */
  const isAlone = (): boolean => underWay.count() === 0 || (underWay.count() === 1 && pieces.isBodyDue());

  const parse = (): void => {
    isPaused &&= socket.isPaused();
    while (pieces.isHeld() && !socket.destroyed && !socket.isPaused()) {
      if (!isAlone() && !(hasTurn && underWay.hasRoom())) {
        isPaused = true;
        socket.pause();
        waitForTurn();
        break;
      }
      pieces.parseNext();
    }
    hasTurn = false;
  };

  const waitForTurn = (): void => {
    if (isPaused && !waitsForTurn && (isAlone() || underWay.hasRoom())) {
      waitsForTurn = true;
      pipelined.takeTurn(resume);
    }
  };

  const resume = (): void => {
    waitsForTurn = false;
    if (isPaused && !socket.destroyed) {
      hasTurn = true;
      isPaused = false;
      socket.resume();
    }
  };

  socket.on('data', (chunk: Buffer) => {
    pieces.hold(chunk);
    parse();
  });
  socket.on('resume', parse);
  socket.once('close', () => {
    underWay.endAll();
    pieces.drop();
  });
  return {
    begin(request, response) {
      pieces.begin(request);
      underWay.begin();
      response.once('close', () => {
        if (!socket.destroyed) {
          underWay.end();
          waitForTurn();
        }
      });
    },
  };
}

/**
 * The received bytes that the parser has not got. A piece is the headers of one request, all of a body, or a part of a chunked
 * body.
 */
function createPieces(parse: (piece: Buffer) => void) {
  let held: Buffer | null = null;
  let latest: IncomingMessage | null = null;
  /** Bytes of the latest request's body that the parser has not got; 0 for a chunked body. */
  let bodyLeft = 0;
  const isBodyDue = (): boolean => latest?.complete === false;
  return {
    isBodyDue,
    isHeld: () => held !== null,
    hold(chunk: Buffer) {
      held = held === null ? chunk : Buffer.concat([held, chunk]);
    },
    drop() {
      held = null;
    },
    begin(request: IncomingMessage) {
      latest = request;
      bodyLeft = Number(request.headers['content-length'] ?? 0);
    },
    parseNext() {
      if (held === null) {
        return;
      }
      const length = pieceLength(held, bodyLeft, isBodyDue());
      const piece = held.subarray(0, length);
      held = length < held.length ? held.subarray(length) : null;
      bodyLeft = Math.max(0, bodyLeft - length);
      parse(piece);
    },
  };
}

/** Returns a function that calls the functions given to it in their order, one in each turn of the event loop. */
function createTurns(): Pipelined['takeTurn'] {
  const waiting: (() => void)[] = [];
  const next = (): void => {
    waiting[0]?.();
    waiting.shift();
    if (waiting.length > 0) {
      setImmediate(next);
    }
  };
  return (begin) => {
    if (waiting.push(begin) === 1) {
      setImmediate(next);
    }
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
