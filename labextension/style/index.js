import './colours.css';
import './base.css';
import './charts.css';
import './console.css';
import './library.css';
import './playground.css';
import './datasets.css';
import './lab.css';
