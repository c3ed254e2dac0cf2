import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { formsQuery, reportCardQuery } from '../api/destinations.ts';
import { Loaded } from '../elements/loaded.tsx';
import { Notice } from '../elements/notice.tsx';
import { Page } from '../elements/page.tsx';
import { SettingsEditor } from './settings-editor.tsx';

const back = <Link to="/destinations">Destinations</Link>;

/** What kind of destination shall it be? */
export function ChooseTypePage() {
  const forms = useQuery(formsQuery);
  return (
    <Page title="New destination" before={back}>
      <p className="lead">Where should your records go?</p>
      <Loaded query={forms} lines={6}>
        {(all) => (
          <>
            <ul className="choices">
              {all
                .filter(({ access }) => access)
                .map(({ type, title }) => (
                  <li key={type}>
                    <Link to="/destinations/new/$type" params={{ type }} className="choice">
                      {title}
                    </Link>
                  </li>
                ))}
            </ul>
            <p className="quiet">
              Not in this version yet:{' '}
              {all
                .filter(({ access }) => !access)
                .map(({ title }) => title)
                .join(', ')}
              .
            </p>
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** The form of that kind. */
export function NewDestinationPage({ type }: { readonly type: string }) {
  const forms = useQuery(formsQuery);
  const card = useQuery(reportCardQuery(type));
  return (
    <Loaded query={forms} lines={8} page="New destination">
      {(all) => {
        const form = all.find((each) => each.type === type);
        if (!form?.access) return <NoSuchType title={form?.title} />;
        return (
          <Page
            title={`New ${form.title}`}
            before={
              <>
                {back} / <Link to="/destinations/new">New</Link>
              </>
            }
          >
            <Loaded query={card} lines={8}>
              {(found) => <SettingsEditor form={form} card={found} destination={null} />}
            </Loaded>
          </Page>
        );
      }}
    </Loaded>
  );
}

function NoSuchType({ title }: { readonly title: string | undefined }) {
  return (
    <Page title="New destination" before={back}>
      <Notice
        tone={title === undefined ? 'bad' : 'idle'}
        title={
          title === undefined
            ? 'There is no such type of destination.'
            : `${title} cannot be connected in this version yet.`
        }
      >
        <Link to="/destinations/new" className="button">
          Choose another
        </Link>
      </Notice>
    </Page>
  );
}
