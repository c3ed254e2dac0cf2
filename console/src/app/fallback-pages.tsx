import { Link } from '@tanstack/react-router';
import { Empty } from '../elements/empty.tsx';
import { Notice } from '../elements/notice.tsx';
import { Page } from '../elements/page.tsx';

export function NotFoundPage() {
  return (
    <Page title="Not found" heading="There is no such page">
      <Empty
        title="Nothing here"
        action={
          <Link to="/" className="button button-primary">
            To the start
          </Link>
        }
      >
        The address is wrong, or what was here is gone.
      </Empty>
    </Page>
  );
}

export function BrokenPage({ error }: { readonly error: unknown }) {
  return (
    <Page title="Error" heading="This view does not work">
      <Notice tone="bad" title={error instanceof Error ? error.message : 'Something went wrong.'}>
        <button type="button" className="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </Notice>
    </Page>
  );
}
