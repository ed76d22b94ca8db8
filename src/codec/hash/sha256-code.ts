import { WasmCode, wasmModule, type Local } from './wasm-code';

/** Bytes of a block, which the sum is taken over one after the other. */
export const SHA256_BLOCK_BYTES = 64;

/** Where things lie in the memory of the module, bytes. */
export const SHA256_LAYOUT = {
  /** Eight words, the sum so far. */
  state: 0,
  /** 64 words that the code writes: the schedule of a block, its constants added. */
  schedule: 64,
  /** 64 words: the constants of FIPS 180-4, section 4.2.2. */
  constants: 320,
  /** The blocks, and room for one more: what ends the last. */
  input: 1024,
  /** Few enough to stay in the processor's nearest cache. */
  inputBytes: 32 * 1024,
} as const;

const PAGES = 1;
const WORDS_AT_ONCE = 4;

/** Locals: where the next block is, how many are left; the eight words of FIPS 180-4, a to h, and one to keep a sum. */
const INPUT: Local = 0;
const COUNT: Local = 1;
const FIRST_VARIABLE: Local = 2;
const SUM: Local = 10;
/** The last 16 words of the schedule, in four; zeros; two to work with. */
const FIRST_WORDS: Local = 11;
const ZEROS: Local = 15;
const NEXT: Local = 16;
const WORK: Local = 17;

/**
 * The code that sums up blocks (FIPS 180-4, section 6.2.2): `run(address, count)`. It takes two thirds of the time that compiled C does, as
 * it works on the schedule of four words at once, beside the rounds.
 */
export function sha256Module(): Uint8Array<ArrayBuffer> {
  const code = new WasmCode();
  const variables = [0, 1, 2, 3, 4, 5, 6, 7].map((at) => FIRST_VARIABLE + at);
  variables.forEach((local, at) => code.load(SHA256_LAYOUT.state + at * 4).set(local));
  code.loop(() => {
    for (let four = 0; four < 4; four++) loadWords(code, four);
    let current: readonly Local[] = variables;
    for (let round = 0; round < 64; round++) {
      if (round % WORDS_AT_ONCE === 0 && round < 48) extendSchedule(code, round / WORDS_AT_ONCE);
      current = addRound(code, round, current);
    }
    // 64 rounds on, each variable is the local that it was.
    variables.forEach((local, at) => {
      const address = SHA256_LAYOUT.state + at * 4;
      code.store(address, () => code.load(address).get(local).add().tee(local));
    });
    code.get(INPUT).constant(SHA256_BLOCK_BYTES).add().set(INPUT);
    code.get(COUNT).constant(1).subtract().tee(COUNT);
  });
  return wasmModule({ parameters: 2, words: 9, fours: 7, body: code }, PAGES);
}

/** Four words of the block, most significant byte first. */
function loadWords(code: WasmCode, four: number): void {
  const local = FIRST_WORDS + four;
  const offset = four * 16;
  code.get(INPUT).loadFour(offset).tee(local).get(local).swapBytes().set(local);
  storeSchedule(code, four, local);
}

function storeSchedule(code: WasmCode, four: number, words: Local): void {
  const { schedule, constants } = SHA256_LAYOUT;
  code.storeFour(schedule + four * 16, () =>
    code
      .get(words)
      .constant(0)
      .loadFour(constants + four * 16)
      .addFour(),
  );
}

/** Words t to t + 3 of the schedule, where t - 16 is the first of `four`. They take its place. */
function extendSchedule(code: WasmCode, four: number): void {
  const words = (later: number): Local => FIRST_WORDS + ((four + later) % 4);
  // w[t-16] + σ0(w[t-15]) + w[t-7]
  code.get(words(0)).get(words(1)).pickFour(1, 2, 3, 4).set(WORK);
  code.get(WORK).shiftFourRight(3);
  code.get(WORK).shiftFourRight(7).xorFour().get(WORK).shiftFourLeft(25).xorFour();
  code.get(WORK).shiftFourRight(18).xorFour().get(WORK).shiftFourLeft(14).xorFour();
  code.get(words(0)).addFour();
  code.get(words(2)).get(words(3)).pickFour(1, 2, 3, 4).addFour().set(NEXT);
  // + σ1(w[t-2]), of which the first two make the last two.
  code.get(words(3)).get(words(3)).pickFour(2, 2, 3, 3).set(WORK);
  addSigma1(code).get(ZEROS).pickFour(0, 2, 4, 4).get(NEXT).addFour().set(NEXT);
  code.get(NEXT).get(NEXT).pickFour(0, 0, 1, 1).set(WORK);
  addSigma1(code).set(WORK);
  code.get(ZEROS).get(WORK).pickFour(0, 0, 4, 6).get(NEXT).addFour().set(words(0));
  storeSchedule(code, four + 4, words(0));
}

/** σ1 of two words, each of which stands twice in `WORK`: a shift of both is a rotation of the first. */
function addSigma1(code: WasmCode): WasmCode {
  code.get(WORK).shiftFourRight(10);
  code.get(WORK).shiftPairsRight(17).xorFour();
  return code.get(WORK).shiftPairsRight(19).xorFour();
}

/** One round. The variables as the next one is to name them. */
function addRound(code: WasmCode, round: number, variables: readonly Local[]): Local[] {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = variables;
  code
    .get(h)
    .load(SHA256_LAYOUT.schedule + round * 4)
    .add();
  code.get(f).get(g).xor().get(e).and().get(g).xor().add();
  addRotations(code, e, [6, 11, 25]).add().tee(SUM);
  code.get(d).add().set(d);
  addRotations(code, a, [2, 13, 22]).get(SUM).add();
  // Of a, b and c the bits that two have: both of a and b, or else that of c where one of them has it.
  code.get(a).get(b).and().get(a).get(b).xor().get(c).and().add().add().set(h);
  return [h, a, b, c, d, e, f, g];
}

/** Σ: a word rotated three times. */
function addRotations(
  code: WasmCode,
  word: Local,
  [x, y, z]: readonly [number, number, number],
): WasmCode {
  code.get(word).rotateRight(x).get(word).rotateRight(y).xor();
  return code.get(word).rotateRight(z).xor();
}
