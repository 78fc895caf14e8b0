import { useState } from 'react';
import { session } from './store.js';

/** A dialog with two ways in: e-mail and password, or an access token from elsewhere. */
export function SignInDialog({ ref }) {
  const [refusal, setRefusal] = useState(null);
  const [isBusy, setBusy] = useState(false);

  const submitting = (signIn) => async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setRefusal(null);
    try {
      await signIn(new FormData(form));
      form.reset();
      ref.current.close();
    } catch (error) {
      setRefusal(error.message);
    } finally {
      setBusy(false);
    }
  };
  const withPassword = submitting((fields) => session.logIn(fields.get('email'), fields.get('password')));
  const withToken = submitting((fields) => session.useToken(fields.get('token').trim().replace(/^Bearer\s+/i, '')));

  return (
    <dialog ref={ref} className="sign-in" aria-labelledby="sign-in-title" onClose={() => setRefusal(null)}>
      <h2 id="sign-in-title">Log in</h2>
      {refusal && (
        <p className="sign-in-refusal" role="alert">
          {refusal}
        </p>
      )}
      <form onSubmit={withPassword}>
        <label>
          E-mail
          <input name="email" type="email" autoComplete="username" required autoFocus />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <button type="submit" className="session-button session-button-main" disabled={isBusy}>
          Log in
        </button>
      </form>
      <form onSubmit={withToken} className="sign-in-token">
        <label>
          or paste an access token
          <input name="token" type="text" autoComplete="off" spellCheck="false" placeholder="eyJ…" required />
        </label>
        <button type="submit" className="session-button" disabled={isBusy}>
          Use token
        </button>
      </form>
      <p className="sign-in-note">The token stays in this browser tab and goes with every request you run.</p>
      <button type="button" className="sign-in-close" aria-label="Close" onClick={() => ref.current.close()}>
        ×
      </button>
    </dialog>
  );
}
