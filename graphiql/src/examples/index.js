const sources = import.meta.glob('./*.graphql', { eager: true, query: '?raw', import: 'default' });

const US_BACKEND = { roles: ['backend-developer'], countries: ['US'] };

/** Every example operation with a line on what it is for; the name is that of its file. */
export const examples = [
  {
    name: 'RolePage',
    about: 'One role with published and computed figures',
    variables: { slug: 'backend-developer' },
  },
  {
    name: 'PostingList',
    about: 'Open postings above a yearly pay',
    variables: {
      first: 20,
      filter: { countries: ['US'], payAtLeast: { amount: '100000', currency: 'USD' } },
      orderBy: [{ field: 'PUBLISHED_AT', direction: 'DESC' }],
    },
  },
  {
    name: 'Market',
    about: 'Salary statistics and job seekers per posting',
    variables: { filter: US_BACKEND, currency: 'USD', convert: true },
  },
  {
    name: 'MarketGroups',
    about: 'The market by experience level',
    variables: { filter: { countries: ['US'] }, by: 'EXPERIENCE_LEVEL', currency: 'USD', first: 20 },
  },
  {
    name: 'Search',
    about: 'Full text with facets',
    variables: { search: 'engineer', first: 20 },
  },
  {
    name: 'PostingPublished',
    about: 'Live: postings as they are published',
    variables: { filter: { roles: ['backend-developer'] } },
  },
  {
    name: 'LogIn',
    about: 'E-mail and password for a session',
    variables: { input: { email: 'candidate@example.org', password: 'rolecall demonstration' } },
  },
  {
    name: 'CandidateUpdate',
    about: "Change the signed-in candidate's profile",
    variables: {
      input: {
        headline: 'Rust engineer',
        searchStatus: 'ACTIVE',
        targetRoles: ['backend-developer'],
        targetPlaces: [{ countryCode: 'US' }],
        remote: true,
        skills: [{ skill: 'rust', level: 4, months: 36 }],
      },
    },
  },
].map(({ name, about, variables }) => ({
  name,
  about,
  query: sources[`./${name}.graphql`],
  variables: JSON.stringify(variables, null, 2),
}));

/** The tabs of a first visit. Later visits find their own tabs again. */
export const startingTabs = examples.map(({ query, variables }) => ({ query, variables }));

// GraphiQL fills the editors of the first tab from its properties and leaves out that tab's variables. On a later
// visit the same property would open one more tab.
const isFirstVisit = localStorage.getItem('graphiql:tabState') === null;

/** What the variables editor shows before any tab was chosen; undefined on later visits. */
export const firstVariables = isFirstVisit ? startingTabs[0].variables : undefined;
