/** The playground as a person sees it: tabs, editor, run button, answer, session strip. */
export class GraphiqlPage {
  #page;

  constructor(page) {
    this.#page = page;
    page.setDefaultTimeout(20_000);
  }

  /** Opens the page and waits until the editor and the schema are there. */
  async open(address) {
    const introspected = this.#answerTo('IntrospectionQuery');
    await this.#page.goto(address);
    await introspected;
    await this.#page.locator('.graphiql-query-editor .view-lines').waitFor();
  }

  /** Runs the operation of an open tab; returns its answer and the text that the page shows. */
  async runTab(name) {
    await this.#page.locator('.graphiql-tab-button', { hasText: new RegExp(`^${name}$`) }).click();
    return this.#run(name);
  }

  /** Runs the subscription of an open tab and does not wait for an answer. */
  async startTab(name) {
    await this.#page.locator('.graphiql-tab-button', { hasText: new RegExp(`^${name}$`) }).click();
    await this.#page.locator('.graphiql-execute-button').click();
  }

  /** Stops the subscription that runs. */
  async stop() {
    await this.#page.locator('.graphiql-execute-button').click();
  }

  /** What the page shows as the answer. */
  async shown() {
    const lines = this.#page.locator('.graphiql-response .view-lines');
    // The editor paints spaces as no-break spaces.
    return (await lines.innerText()).replaceAll('\u00a0', ' ');
  }

  /** Types a query into a tab of its own and runs it. */
  async runTyped(query) {
    await this.#page.getByRole('button', { name: 'New tab' }).click();
    await this.#page.locator('.graphiql-query-editor .view-lines').click();
    await this.#page.keyboard.press('ControlOrMeta+A');
    await this.#page.keyboard.insertText(query);
    return this.#run(null);
  }

  /** Whether the schema documentation, once opened, names `text`. */
  async documentationShows(text) {
    await this.#page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    const found = this.#page.locator('.graphiql-doc-explorer').getByText(text, { exact: true }).first();
    return found.waitFor().then(() => true, () => false);
  }

  async logIn({ email, password }) {
    await this.#page.locator('.session-bar-account').getByRole('button', { name: 'Log in' }).click();
    const dialog = this.#page.getByRole('dialog');
    await dialog.getByLabel('E-mail').fill(email);
    await dialog.getByLabel('Password').fill(password);
    await dialog.getByRole('button', { name: 'Log in' }).click();
    const refusal = dialog.getByRole('alert').waitFor().then(async () => {
      throw new Error(`the page refused to log in: ${await dialog.getByRole('alert').textContent()}`);
    });
    const signedIn = this.#page.getByRole('button', { name: 'Log out' }).waitFor();
    // Whichever loses the race is cancelled by its own time limit.
    refusal.catch(() => undefined);
    await Promise.race([refusal, signedIn]);
  }

  async logOut() {
    await this.#page.getByRole('button', { name: 'Log out' }).click();
    await this.#page.locator('.session-bar-account').getByRole('button', { name: 'Log in' }).waitFor();
  }

  /** What the session strip says. */
  whoIsSignedIn() {
    return this.#page.locator('.session-bar-account').innerText();
  }

  screenshot(path) {
    return this.#page.screenshot({ path });
  }

  /** The next answer of the server to the operation of this name (null: one without a name). */
  async #answerTo(operationName) {
    const response = await this.#page.waitForResponse((candidate) => {
      const sent = candidate.request().method() === 'POST' && candidate.request().postDataJSON();
      return sent && (sent.operationName ?? null) === operationName;
    });
    return response.json();
  }

  async #run(operationName) {
    const answered = this.#answerTo(operationName);
    await this.#page.locator('.graphiql-execute-button').click();
    const answer = await answered;
    const lines = this.#page.locator('.graphiql-response .view-lines');
    await lines.filter({ hasText: /"(data|errors)"/ }).waitFor();
    return { answer, shown: await this.shown() };
  }
}
