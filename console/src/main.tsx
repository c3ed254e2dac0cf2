import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './app/query-client.ts';
import { createConsoleRouter } from './app/router.tsx';
import { applyTheme, readTheme } from './app/theme.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/elements.css';
import './styles/layout.css';
import './styles/views.css';

applyTheme(readTheme());
const queryClient = createQueryClient(() => {
  // The session has ended; after signing in again, people find themselves where they were.
  queryClient.removeQueries({ queryKey: ['session'] });
  void router.invalidate();
});
const router = createConsoleRouter(queryClient);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
