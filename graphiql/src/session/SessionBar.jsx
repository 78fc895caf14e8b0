import { useRef, useSyncExternalStore } from 'react';
import markUrl from '../mark.svg';
import { SignInDialog } from './SignInDialog.jsx';
import { session } from './store.js';

/** The strip above the editor: whose page this is, who is signed in, and the way in and out. */
export function SessionBar() {
  const dialog = useRef(null);
  const { email, expiresAt } = useSyncExternalStore(session.subscribe, session.snapshot);

  return (
    <header className="session-bar">
      <img className="session-bar-mark" src={markUrl} alt="" width="24" height="24" />
      <h1>Rolecall</h1>
      <span className="session-bar-about">postings, candidates and the market they make</span>
      <div className="session-bar-account" role="status">
        <span className={email ? 'session-dot session-dot-on' : 'session-dot'} aria-hidden="true" />
        {email ? (
          <>
            <span title={expiresAt ? `Access token until ${new Date(expiresAt).toLocaleTimeString()}` : 'Pasted token'}>
              Signed in as <strong>{email}</strong>
            </span>
            <button type="button" className="session-button" onClick={() => session.logOut()}>
              Log out
            </button>
          </>
        ) : (
          <>
            <span>Not signed in</span>
            <button
              type="button"
              className="session-button session-button-main"
              onClick={() => dialog.current.showModal()}
            >
              Log in
            </button>
          </>
        )}
      </div>
      <SignInDialog ref={dialog} />
    </header>
  );
}
