import t from 'tap';
import { type Verified, VerifiedTokens } from '../../src/identity/verified-tokens.js';
import { identity } from '../helpers/identity.js';

const SAID: Verified = { by: 'shared_secret', claims: { identity: identity(), expiresAt: 1n } };

t.test('what a token said is remembered until it is forgotten', async (t) => {
  const tokens = new VerifiedTokens();
  t.equal(tokens.recall('a'), undefined);
  tokens.remember('a', SAID);
  t.equal(tokens.recall('a'), SAID);
  tokens.forget('a');
  t.equal(tokens.recall('a'), undefined);
  tokens.forget('never seen');
});

t.test('one changed byte is another token', async (t) => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl';
  const tokens = new VerifiedTokens();
  tokens.remember(token, SAID);
  for (let at = 0; at < token.length; at++) {
    const other = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    t.equal(tokens.recall(other), undefined);
  }
  for (const other of [
    token.slice(1),
    token.slice(0, -1),
    `${token}=`,
    ` ${token}`,
    token.toLowerCase(),
    '',
  ]) {
    t.equal(tokens.recall(other), undefined);
  }
  t.equal(tokens.recall(token), SAID);
});

t.test('two of them know nothing of each other', async (t) => {
  const [one, other] = [new VerifiedTokens(), new VerifiedTokens()];
  one.remember('a', SAID);
  t.equal(other.recall('a'), undefined);
});

t.test('no more than 20,000 are remembered, the least recently used goes first', async (t) => {
  const tokens = new VerifiedTokens();
  for (let i = 0; i < 20_000; i++) tokens.remember(`token-${i}`, SAID);
  t.equal(tokens.recall('token-0'), SAID, 'and is now the most recently used');
  tokens.remember('one-more', SAID);
  t.equal(tokens.recall('token-0'), SAID);
  t.equal(tokens.recall('token-1'), undefined);
  t.equal(tokens.recall('token-2'), SAID);
});

t.test('no more than 16 Mi characters are remembered, and of a token beyond that none', async (t) => {
  const MIB = 1024 * 1024;
  const tokens = new VerifiedTokens();
  const long = (i: number): string => String(i).padEnd(MIB, '.');
  for (let i = 0; i < 16; i++) tokens.remember(long(i), SAID);
  t.equal(tokens.recall(long(0)), SAID);
  tokens.remember('a', SAID);
  t.equal(tokens.recall(long(1)), undefined);
  t.equal(tokens.recall(long(0)), SAID);
  tokens.remember('x'.repeat(16 * MIB + 1), SAID);
  t.equal(tokens.recall('x'.repeat(16 * MIB + 1)), undefined);
  t.equal(tokens.recall('a'), SAID, 'and nothing goes for it');
});
