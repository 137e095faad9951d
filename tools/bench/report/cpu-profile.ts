/** Where the time of a process went, in microseconds per request. */
export interface Profile {
  readonly requests: number;
  readonly busyMicros: number;
  readonly functions: readonly Share[];
  /** Functions summed up by package, or by folder of our own. */
  readonly packages: readonly Share[];
}

export interface Share {
  readonly name: string;
  readonly micros: number;
  /** Of the time in which the process was not idle. */
  readonly share: number;
}

/** The part of V8's `.cpuprofile` that is read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

type Frame = CpuProfile['nodes'][number]['callFrame'];

/** Sums up self time, that is without what a function calls; idle time left out. */
export function profileOf(json: string, requests: number): Profile {
  const { nodes, samples, timeDeltas }: CpuProfile = JSON.parse(json);
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const [functions, packages] = [new Map<string, number>(), new Map<string, number>()];
  let busyMicros = 0;
  for (const [i, id] of samples.entries()) {
    const frame = frames.get(id);
    const micros = timeDeltas[i] ?? 0;
    if (frame === undefined || frame.functionName === '(idle)') continue;
    busyMicros += micros;
    add(functions, functionName(frame), micros);
    add(packages, packageName(frame), micros);
  }
  const shares = (times: Map<string, number>): readonly Share[] => sharesOf(times, busyMicros, requests);
  return { requests, busyMicros, functions: shares(functions), packages: shares(packages) };
}

const add = (times: Map<string, number>, name: string, micros: number): void =>
  void times.set(name, (times.get(name) ?? 0) + micros);

const sharesOf = (times: Map<string, number>, busy: number, requests: number): readonly Share[] =>
  [...times]
    .map(([name, micros]) => ({ name, micros: micros / requests, share: micros / busy }))
    .sort((a, b) => b.share - a.share);

function functionName({ functionName, url, lineNumber }: Frame): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  return url === '' ? name : `${name} ${shortened(url)}:${lineNumber + 1}`;
}

const shortened = (url: string): string => url.replace(/^.*\/(?=node_modules\/|dist\/src\/)/, '');

/** `node_modules/pino`, `src/observe`, `node:internal`, or V8 itself. */
function packageName({ functionName, url }: Frame): string {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native code)';
  if (url.startsWith('node:')) return url.split('/')[0] ?? url;
  const path = shortened(url);
  return (
    /node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path.replace(/^dist\//, '').replace(/\/[^/]*$/, '')
  );
}
