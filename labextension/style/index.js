import './base.css';
import './charts.css';
import './console.css';
