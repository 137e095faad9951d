import FakeTimers from '@sinonjs/fake-timers';

/** Runs something while the wall clock of this process stands still; timers go on. @param seconds since the epoch */
export async function atStandstill<T>(seconds: number, run: () => Promise<T>): Promise<T> {
  const clock = FakeTimers.install({ now: seconds * 1000 + 500, toFake: ['Date'] });
  try {
    return await run();
  } finally {
    clock.uninstall();
  }
}
