import { graphql, useMutation } from 'react-relay';
import type { ProfileFormMutation } from './__generated__/ProfileFormMutation.graphql';

const SAVE = graphql`
  mutation ProfileFormMutation($input: CandidateUpdateInput!) {
    candidateUpdate(input: $input) {
      candidate {
        id
        headline
        searchStatus
      }
      userErrors {
        message
        code
        path
      }
    }
  }
`;

/** Saves a headline; the candidate's id lets the store update every view of it. */
export function ProfileForm({ onRefused }: { onRefused: (messages: readonly string[]) => void }) {
  const [save, isSaving] = useMutation<ProfileFormMutation>(SAVE);
  return (
    <form
      action={(fields) =>
        void save({
          variables: { input: { headline: String(fields.get('headline')) } },
          onCompleted: ({ candidateUpdate }) =>
            onRefused(candidateUpdate?.userErrors.map(({ message }) => message) ?? []),
        })
      }
    >
      <input name="headline" />
      <button type="submit" disabled={isSaving}>
        Save
      </button>
    </form>
  );
}
