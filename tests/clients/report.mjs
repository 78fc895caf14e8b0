/** Lines of detail worth printing for one failed check. */
const MOST_LINES = 40;

function shortened(detail) {
  const lines = detail.split('\n');
  const rest = lines.length - MOST_LINES;
  return rest > 0 ? [...lines.slice(0, MOST_LINES), `… and ${rest} more lines`].join('\n') : detail;
}

/** Collects checks, and prints a line for each as it comes. */
export class Report {
  passed = 0;
  failed = 0;
  #step = '';

  /** The checks that follow belong to this step. */
  begin(step) {
    this.#step = step;
  }

  /** One check; `detail` is printed when it failed. */
  check(name, ok, detail = '') {
    if (ok) this.passed += 1;
    else this.failed += 1;
    console.log(`${ok ? 'ok  ' : 'FAIL'} ${this.#step}: ${name}`);
    if (!ok && detail) console.log(shortened(String(detail)).replace(/^/gm, '       '));
  }

  /** The last line, and whether all went well. */
  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0;
  }
}
