import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Event, Protocol } from './protocol.js';

export interface TabOptions {
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
  /** A phone: the viewport is what the page says it is, two pixels for each of CSS. */
  readonly phone?: boolean;
  /** Whether pages may run scripts. */
  readonly scripts?: boolean;
}

const LOAD_MS = 20_000;

/** One page in Chromium. */
export class Tab {
  /** What the page was reproached with: console messages, exceptions, refused or failed loads. */
  readonly complaints: string[] = [];
  /** Each load that came to its end, by the browser's name for it. */
  private loads: string[] = [];

  private readonly unlisten: () => void;

  private constructor(
    private readonly protocol: Protocol,
    private readonly targetId: string,
    private readonly sessionId: string,
  ) {
    this.unlisten = protocol.listen((event) => this.notice(event));
  }

  static async open(protocol: Protocol, options: TabOptions): Promise<Tab> {
    const { targetId } = await protocol.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await protocol.send('Target.attachToTarget', { targetId, flatten: true });
    const tab = new Tab(protocol, String(targetId), String(sessionId));
    await tab.prepare(options);
    return tab;
  }

  private async prepare({ width, height, scheme, phone = false, scripts = true }: TabOptions): Promise<void> {
    for (const domain of ['Page', 'Runtime', 'Log', 'Network', 'DOM']) await this.send(`${domain}.enable`);
    const deviceScaleFactor = phone ? 2 : 1;
    await this.send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor,
      mobile: phone,
    });
    await this.send('Page.setLifecycleEventsEnabled', { enabled: true });
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.send('Emulation.setEmulatedMedia', { features });
    await this.send('Emulation.setScriptExecutionDisabled', { value: !scripts });
  }

  /** Opens a page and waits until it is loaded. */
  async goTo(url: string): Promise<void> {
    const { loaderId } = await this.send('Page.navigate', { url });
    await until(() => this.loads.includes(String(loaderId)), LOAD_MS, `${url} is loaded`);
    this.loads = this.loads.slice(this.loads.indexOf(String(loaderId)));
  }

  /** Waits until the page was loaded so many times, the first included: a page may load itself again. */
  async loaded(times: number, withinMs = LOAD_MS): Promise<void> {
    await until(() => this.loads.length >= times, withinMs, `the page is loaded ${times} times`);
  }

  /** The value of an expression in the page, which has to be one that JSON can hold. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return isRecord(result) ? result['value'] : undefined;
  }

  /** The page as the browser has it, read without running anything in it. */
  async markup(): Promise<string> {
    const { root } = await this.send('DOM.getDocument', { depth: 0 });
    const nodeId = isRecord(root) ? root['nodeId'] : undefined;
    const { outerHTML } = await this.send('DOM.getOuterHTML', { nodeId });
    return String(outerHTML);
  }

  /** A picture of what is seen, or of the page down to its end or to so many CSS pixels. */
  async screenshot(whole = false, height?: number): Promise<Buffer> {
    const { cssContentSize } = await this.send('Page.getLayoutMetrics');
    const clip =
      whole && isRecord(cssContentSize)
        ? { clip: { ...cssContentSize, ...(height === undefined ? {} : { height }), scale: 1 } }
        : {};
    const options = { format: 'png', captureBeyondViewport: whole, ...clip };
    const { data } = await this.send('Page.captureScreenshot', options);
    return Buffer.from(String(data), 'base64');
  }

  async close(): Promise<void> {
    this.unlisten();
    await this.protocol.send('Target.closeTarget', { targetId: this.targetId });
  }

  send(method: string, params: Answer = {}): Promise<Answer> {
    return this.protocol.send(method, params, this.sessionId);
  }

  private notice({ method, sessionId, params }: Event): void {
    if (sessionId !== this.sessionId) return;
    if (method === 'Page.lifecycleEvent' && params['name'] === 'load')
      this.loads.push(String(params['loaderId']));
    if (COMPLAINTS.has(method)) this.complaints.push(JSON.stringify(params));
  }
}

async function until(holds: () => boolean, withinMs: number, what: string): Promise<void> {
  const end = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(20);
  }
}

const COMPLAINTS = new Set([
  'Log.entryAdded',
  'Runtime.consoleAPICalled',
  'Runtime.exceptionThrown',
  'Network.loadingFailed',
]);

const isRecord = (value: unknown): value is Answer => typeof value === 'object' && value !== null;
